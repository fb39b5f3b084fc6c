using System.Net.Sockets;

namespace Granary.Testing;

/// <summary>Asks a server that may not listen yet, or no more.</summary>
internal static class Answering
{
    /// <summary>Whether a server answers with success.</summary>
    public static async Task<bool> IsReadyAsync(HttpClient client, string path)
    {
        try
        {
            using var answer = await client.GetAsync(path);
            return answer.IsSuccessStatusCode;
        }
        // A connection to a port that is free yet can also end while the client reads who its peer is: that is no HttpRequestException.
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException)
        {
            return false;
        }
    }
}
