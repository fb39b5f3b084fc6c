namespace Granary.Api.Health;

/// <summary>Asks a server whether it is ready: the health check of a container whose image has no other HTTP client.</summary>
internal static class HealthProbe
{
    /// <summary>The variable with the addresses that the server listens on, separated by semicolons.</summary>
    public const string UrlsVariable = "GRANARY_URLS";

    private const string Default = "http://127.0.0.1:8080";

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);

    /// <param name="program">The name of the program, for the sentence about a wrong call.</param>
    /// <param name="url">The address; null asks the first of <see cref="UrlsVariable"/>.</param>
    /// <param name="environment">Values of environment variables, null where one is not set.</param>
    /// <param name="error">Receives the reason where the server is not ready.</param>
    /// <returns>0 if ready, 1 if not, 2 if the call is wrong.</returns>
    public static async Task<int> AskAsync(string program, string? url, Func<string, string?> environment, TextWriter error)
    {
        var text = url ?? (environment(UrlsVariable) is { Length: > 0 } urls ? urls.Split(';')[0] : Default);
        if (AddressOf(text) is not { } address)
        {
            await error.WriteLineAsync($"{program} health {text}: this is no address of a server; give one as {Default}, or set "
                + UrlsVariable).ConfigureAwait(false);
            return 2;
        }
        using var client = new HttpClient(Handler(address)) { Timeout = s_timeout };
        try
        {
            using var answer = await client.GetAsync(new Uri(address, ApiSettings.Prefix + "/health/ready")).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return 0;
            await error.WriteLineAsync(await answer.Content.ReadAsStringAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await error.WriteLineAsync($"{address}: {e.Message}").ConfigureAwait(false);
        }
        return 1;
    }

    // A server that listens on all addresses also answers on 127.0.0.1.
    private static Uri? AddressOf(string text)
    {
        foreach (var all in (string[])["//*", "//+", "//0.0.0.0", "//[::]"])
            text = text.Replace(all, "//127.0.0.1", StringComparison.Ordinal);
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address : null;
    }

    // The certificate names the server as others call it, and a request to the own machine has no secret in it.
    private static HttpClientHandler Handler(Uri address)
    {
        var handler = new HttpClientHandler();
#pragma warning disable MA0039 // There is no name to validate: the address is a loopback one.
        if (address.IsLoopback) handler.ServerCertificateCustomValidationCallback = (_, _, _, _) => true;
#pragma warning restore MA0039
        return handler;
    }
}
