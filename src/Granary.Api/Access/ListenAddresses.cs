using System.Net;
using Granary.Simulation.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Access;

/// <summary>Reads the addresses on which a server listens, separated by semicolons as in <c>--urls</c>.</summary>
public static partial class ListenAddresses
{
    /// <exception cref="InputException">An address is not valid, or other machines can reach it and no keys are configured.</exception>
    public static void Check(string urls, bool hasKeys)
    {
        foreach (var (url, address) in Read(urls))
            if (!hasKeys && !IsOfThisMachine(address))
                throw new InputException($"--urls: '{url}' can be reached from other machines, which needs keys: make one with 'granary "
                    + $"keys add NAME --role admin --file keys.json' and start with --keys keys.json, or listen on 127.0.0.1");
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
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
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
            if (address.Scheme is not ("http" or "https"))
                throw new InputException($"--urls: '{url}' is not an address; write it as http://127.0.0.1:8080");
            yield return (url, address);
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "{Url} takes requests from other machines without TLS: keys and data travel as plain text. Listen on https with --certificate, or "
            + "behind a proxy with TLS")]
    private static partial void IsPlain(ILogger logger, string url);
}
