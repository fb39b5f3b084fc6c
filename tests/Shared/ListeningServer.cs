using System.Diagnostics;

namespace Granary.Testing;

/// <summary>
/// Where a server listens, as it says itself. It binds a port that the system gives it: no test connects to a port before a server has it.
/// </summary>
internal static class ListeningServer
{
    private const string Begin = "Granary listens on ";

    /// <summary>Waits until a server listens, and reads its output from then on: a full pipe would stop it.</summary>
    /// <param name="server">With redirected output and errors.</param>
    /// <exception cref="InvalidOperationException">It ended before, with these errors.</exception>
    public static async Task<string> AddressAsync(Process server)
    {
        using var late = new CancellationTokenSource(Eventually.Longest);
        while (await server.StandardOutput.ReadLineAsync(late.Token) is { } line)
            if (AddressIn(line) is { } address)
            {
                _ = server.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                _ = server.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return address;
            }
        throw new InvalidOperationException(
            $"the server ended before it listened: {await server.StandardError.ReadToEndAsync(late.Token)}");
    }

    // The address in a line of a server's output; null for a different line.
    private static string? AddressIn(string line) => line.StartsWith(Begin, StringComparison.Ordinal)
        ? line[Begin.Length..line.IndexOfAny([',', ';'], Begin.Length)] : null;
}
