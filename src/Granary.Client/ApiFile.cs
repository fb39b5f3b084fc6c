namespace Granary.Client;

/// <summary>A file of the server. Its content is read while it arrives; dispose it to end the download.</summary>
public sealed class ApiFile : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;

    private ApiFile(HttpResponseMessage answer, Stream content) => (_answer, Content) = (answer, content);

    public Stream Content { get; }

    /// <summary>The media type, such as text/csv.</summary>
    public string? MediaType => _answer.Content.Headers.ContentType?.MediaType;

    /// <summary>Length in bytes; null if the server does not state it.</summary>
    public long? Length => _answer.Content.Headers.ContentLength;

    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync().ConfigureAwait(false);
        _answer.Dispose();
    }

    internal static async Task<ApiFile> OpenAsync(HttpResponseMessage answer, CancellationToken cancellationToken) =>
        new(answer, await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
}
