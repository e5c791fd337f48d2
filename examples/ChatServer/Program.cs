// Licensed under the Apache License, Version 2.0. See LICENSE.

using ChatServer;
using Examples;
using Kamaelia.Chassis;
using Kamaelia.Internet;

Room room = new();

// A client that does not read has at most so many lines waiting for it, and is shown out then.
ServerOptions options = new() { Tcp = new TcpServerOptions { Csa = new CsaOptions { SendQueueLimit = 1000 } } };
return Serving.Run(args, _ => new Chatter(room), options, room);
