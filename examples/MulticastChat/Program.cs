// Licensed under the Apache License, Version 2.0. See LICENSE.

using MulticastChat;

if (!ChatOptions.TryParse(args, out ChatOptions options, out string? error))
{
    Console.Error.WriteLine($"MulticastChat: {error}\n{ChatOptions.Usage}");
    return 2;
}

return options.Demo ? Demo.Run(options) : Chat.Run(options);
