// Licensed under the Apache License, Version 2.0. See LICENSE.

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Kamaelia.Internet;

namespace MulticastChat;

/// <summary>What the program can be told on its command line.</summary>
internal sealed class ChatOptions
{
    public const string Usage = "Usage: MulticastChat [--name NAME] [--group ADDRESS] [--port N] [--interface ADDRESS] [--ttl N] [--demo]";

    private string _name = Environment.UserName;
    private IPAddress _group = IPAddress.Parse("239.255.77.77");
    private int _port = 1600;
    private IPAddress? _interface;

    // A router is one too many, unless the user says otherwise: chat stays in the local network.
    private int _timeToLive = 1;

    public string Name => _name;

    public int Port => _port;

    public bool Demo { get; private set; }

    /// <summary>A new member of the group.</summary>
    /// <param name="port">The port of all members; 0 for one that only finds a port.</param>
    /// <param name="throws">Whether to throw if it cannot be one, instead of saying so later.</param>
    public MulticastTransceiver MakeMember(int port, bool throws = false)
    {
        IPAddress local = _group.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
        MulticastOptions multicast = new() { Interface = _interface, TimeToLive = _timeToLive, ThrowOnBindFailure = throws };
        return new MulticastTransceiver(new IPEndPoint(local, port), new IPEndPoint(_group, port), multicast);
    }

    public static bool TryParse(string[] args, out ChatOptions options, out string? error)
    {
        options = new ChatOptions();
        error = null;
        for (int i = 0; i < args.Length && error is null; i++)
        {
            if (args[i] == "--demo")
            {
                options.Demo = true;
                options._interface ??= IPAddress.Loopback;
            }
            else
            {
                error = options.Set(args[i], i + 1 < args.Length ? args[++i] : "");
            }
        }

        return error is null;
    }

    /// <returns>What is wrong; null if all is well.</returns>
    private string? Set(string option, string value)
    {
        bool understood;
        switch (option)
        {
            case "--name":
                _name = value;
                understood = value.Length is > 0 and <= 20 && !value.Any(char.IsControl);
                break;
            case "--group":
                understood = IPAddress.TryParse(value, out IPAddress? group) && IsGroup(group);
                _group = group ?? _group;
                break;
            case "--port":
                understood = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _port) && _port is > 0 and <= IPEndPoint.MaxPort;
                break;
            case "--interface":
                understood = IPAddress.TryParse(value, out _interface);
                break;
            case "--ttl":
                understood = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _timeToLive) && _timeToLive <= 255;
                break;
            default:
                return $"there is no option {option}";
        }

        return understood ? null : $"{option} cannot be {(value.Length == 0 ? "left empty" : value)}";
    }

    private static bool IsGroup(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? address.GetAddressBytes()[0] is >= 224 and < 240 : address.IsIPv6Multicast;
}
