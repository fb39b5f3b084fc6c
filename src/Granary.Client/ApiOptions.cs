namespace Granary.Client;

/// <summary>What a handler of the <see cref="HttpClient"/> can know of a request of the API.</summary>
public static class ApiOptions
{
    /// <summary>The caller reads the answer while it arrives: a file, or a stream of events.</summary>
    public static HttpRequestOptionsKey<bool> Streamed { get; } = new("granary-streamed");
}
