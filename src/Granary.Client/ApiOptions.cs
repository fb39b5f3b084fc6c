namespace Granary.Client;

/// <summary>Options of a request of the API, for handlers of the <see cref="HttpClient"/>.</summary>
public static class ApiOptions
{
    /// <summary>Whether the caller reads the answer while it arrives: a file, or a stream of events.</summary>
    public static HttpRequestOptionsKey<bool> Streamed { get; } = new("granary-streamed");
}
