using Granary.Silo.Options;

namespace Granary.Silo;

/// <summary><c>granary-silo health</c>: the health check of a container whose image has no other HTTP client.</summary>
internal static class SiloHealth
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <returns>0 if ready, 1 if not, 2 if the call is wrong.</returns>
    public static async Task<int> AskAsync(string[] args, Func<string, string?> environment, TextWriter error)
    {
        var option = SiloOption.All.First(o => o.Name == "urls");
        var text = args switch
        {
            [] => (environment(option.Variable) ?? option.Default!).Split(';')[0],
            [var url] => url,
            _ => "",
        };
        // A silo that listens on all addresses also answers on 127.0.0.1.
        if (!Uri.TryCreate(text.Replace("//*", "//127.0.0.1", StringComparison.Ordinal)
            .Replace("//+", "//127.0.0.1", StringComparison.Ordinal).Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal),
            UriKind.Absolute, out var address))
        {
            await error.WriteLineAsync("granary-silo health takes one address, as http://127.0.0.1:8080, or that of GRANARY_URLS")
                .ConfigureAwait(false);
            return 2;
        }
        using var client = new HttpClient { Timeout = Timeout };
        try
        {
            using var answer = await client.GetAsync(new Uri(address, Api.ApiSettings.Prefix + "/health/ready")).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return 0;
            await error.WriteLineAsync(await answer.Content.ReadAsStringAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await error.WriteLineAsync(e.Message).ConfigureAwait(false);
        }
        return 1;
    }
}
