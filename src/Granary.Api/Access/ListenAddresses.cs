using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Granary.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Access;

/// <summary>Reads the addresses on which a server listens, separated by semicolons as in <c>--urls</c>.</summary>
internal static partial class ListenAddresses
{
    /// <exception cref="InputException">An address is not valid, or other machines could call without key and sign-in.</exception>
    /// <param name="authenticates">Whether callers must have a key or sign in.</param>
    public static void Check(string urls, bool authenticates)
    {
        foreach (var (url, address) in Read(urls))
            if (!authenticates && !IsOfThisMachine(address))
                throw new InputException($"--urls: '{url}' can be reached from other machines, which needs keys: make one with 'granary "
                    + $"keys add NAME --role admin --file keys.json' and start with --keys keys.json, or listen on 127.0.0.1");
    }

    /// <summary>Checks that the server can listen, before any other part of it starts.</summary>
    /// <exception cref="InputException">Another program listens there, or this machine may not or cannot listen there.</exception>
    public static void CheckFree(string urls)
    {
        foreach (var (url, address) in Read(urls))
        {
            if (address.IsUnixPipe || address.Port == 0) continue;
            foreach (var ip in AddressesOf(address.Host))
                if (FaultOf(new IPEndPoint(ip, address.Port)) is { } fault) throw new InputException($"--urls: '{url}': {fault}");
        }
    }

    /// <summary>Whether only programs of this machine can reach the server.</summary>
    /// <exception cref="InputException">An address is not valid.</exception>
    public static bool AreOfThisMachine(string urls) => Read(urls).All(a => IsOfThisMachine(a.Address));

    /// <summary>Warns of each address that other machines reach without TLS.</summary>
    /// <exception cref="InputException">An address is not valid.</exception>
    public static void WarnOfPlainText(string urls, ILogger logger)
    {
        foreach (var (url, address) in Read(urls))
            if (address.Scheme == "http" && !IsOfThisMachine(address)) IsPlain(logger, url);
    }

    /// <summary>Whether the host of a URL is a loopback name or address.</summary>
    internal static bool IsLoopback(string host) => string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    private static bool IsOfThisMachine(BindingAddress address) => address.IsUnixPipe || IsLoopback(address.Host);

    private static IEnumerable<(string Url, BindingAddress Address)> Read(string urls)
    {
        var each = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (each.Length == 0) throw new InputException("--urls is empty; write an address, such as http://127.0.0.1:8080");
        foreach (var url in each)
        {
            BindingAddress address;
            try
            {
                address = BindingAddress.Parse(url);
            }
            catch (FormatException e)
            {
                throw new InputException($"--urls: '{url}' is not an address; write it as http://127.0.0.1:8080", e);
            }
            if (address.Scheme.ToLowerInvariant() is not ("http" or "https") || !IsHost(address))
                throw new InputException($"--urls: '{url}' is not an address; write it as http://127.0.0.1:8080");
            if (address.PathBase.Length > 0)
                throw new InputException($"--urls: '{url}' has a path, and a server listens on all paths; write "
                    + url[..^address.PathBase.Length]);
            if (address.Port is < 0 or > IPEndPoint.MaxPort)
                throw new InputException(string.Create(CultureInfo.InvariantCulture,
                    $"--urls: '{url}' has the port {address.Port}; use 1 to {IPEndPoint.MaxPort}, or 0 for any free one"));
            yield return (url, address);
        }
    }

    // A star or a plus means every address of the machine. The framework takes a port that is not a number as a part of the host.
    private static bool IsHost(BindingAddress address) => address.IsUnixPipe || address.Host is "*" or "+"
        || Uri.CheckHostName(address.Host) != UriHostNameType.Unknown;

    // The framework listens on both loopback addresses for localhost, and on every address for a name that is not an address.
    private static IPAddress[] AddressesOf(string host) => IPAddress.TryParse(host.Trim('[', ']'), out var ip) ? [ip]
        : IsLoopback(host) ? [IPAddress.Loopback] : [IPAddress.Any];

    private static string? FaultOf(IPEndPoint place)
    {
        using var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(place);
            socket.Listen();
            return null;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program listens there already; stop it or choose another port",
                SocketError.AccessDenied => "the user of this process may not listen there; choose a port from 1024 on",
                SocketError.AddressNotAvailable => "this machine does not have the address; use 127.0.0.1, 0.0.0.0 or one of its own",
                _ => $"this machine cannot listen there ({e.Message.TrimEnd('.')}); choose another address",
            };
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "{Url} takes requests from other machines without TLS: keys and data travel as plain text. Listen on https with --certificate, or "
            + "behind a proxy with TLS")]
    private static partial void IsPlain(ILogger logger, string url);
}
