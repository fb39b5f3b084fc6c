using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Granary.Contracts;
using Granary.Contracts.Jobs;

namespace Granary.Client;

/// <summary>
/// Sends requests, reads answers and event streams, and converts every refusal to an <see cref="ApiException"/>. Paths are relative to
/// <c>/api/v1/</c>; their values are percent-encoded, and a parameter of the query whose value is null is left out.
/// </summary>
internal sealed class ApiConnection(HttpClient http)
{
    private const string ProtocolHeader = "Granary-Api", Protocol = "1";
    private const int MostAttempts = 30;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    // A server repeats its last event every two seconds, so a connection without an event for this long is dead.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(30);

    public static HttpContent Json(object body) => JsonContent.Create(body, body.GetType(), options: JobJson.Options);

    /// <summary>The ETag of a version.</summary>
    public static string TagOf(long version) => FormattableString.Invariant($"\"{version}\"");

    public static T ValueOf<T>(SseItem<string> item) => JsonSerializer.Deserialize<T>(item.Data, JobJson.Options)!;

    public Task<T> GetAsync<T>(FormattableString path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    public Task<T> PostAsync<T>(FormattableString path, HttpContent? body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Post, path, body, cancellationToken);

    public async Task<T> SendAsync<T>(HttpMethod method, FormattableString path, HttpContent? body, CancellationToken cancellationToken,
        string? header = null, string? value = null)
    {
        using var answer = await AnswerAsync(method, path, body, false, header, value, cancellationToken).ConfigureAwait(false);
        return answer.StatusCode == HttpStatusCode.NotModified ? default!
            : await ValueAsync<T>(answer, cancellationToken).ConfigureAwait(false);
    }

    public async Task SendAsync(HttpMethod method, FormattableString path, CancellationToken cancellationToken)
    {
        using var answer = await AnswerAsync(method, path, null, false, null, null, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="type">The media type of the answer; null for the file's.</param>
    public async Task<ApiFile> OpenAsync(FormattableString path, CancellationToken cancellationToken, string? type = null)
    {
        var answer = await AnswerAsync(HttpMethod.Get, path, null, true, "Accept", type, cancellationToken).ConfigureAwait(false);
        return await ApiFile.OpenAsync(answer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The items of all pages; a page is read when its first item is requested.</summary>
    /// <param name="path">Returns the path of the page at a cursor; the cursor null is the first page.</param>
    public async IAsyncEnumerable<TItem> PagesAsync<TPage, TItem>(Func<string?, FormattableString> path,
        [EnumeratorCancellation] CancellationToken cancellationToken) where TPage : IPage<TItem>
    {
        string? cursor = null;
        do
        {
            var page = await GetAsync<TPage>(path(cursor), cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items) yield return item;
            cursor = page.Next;
        }
        while (cursor is not null);
    }

    /// <summary>The values of one connection to an event stream, with those that the server repeats, until it ends.</summary>
    public async IAsyncEnumerable<T> EventsAsync<T>(FormattableString path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in ItemsAsync(path, null, cancellationToken).ConfigureAwait(false)) yield return ValueOf<T>(item);
    }

    /// <summary>
    /// The values of an event stream. After a broken connection the client reconnects and continues after the last event.
    /// </summary>
    /// <param name="read">Reads the value of an event.</param>
    /// <param name="isLast">Whether a value ends the stream.</param>
    public async IAsyncEnumerable<T> WatchAsync<T>(FormattableString path, Func<SseItem<string>, T> read, Func<T, bool> isLast,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        SseItem<string>? seen = null;
        for (var attempts = 1; ; attempts++)
        {
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await using var items = ItemsAsync(path, seen?.EventId, silence.Token).GetAsyncEnumerator(silence.Token);
            while (await NextAsync(items, silence, seen is not null && attempts < MostAttempts, cancellationToken).ConfigureAwait(false))
            {
                attempts = 1;
                var item = items.Current;
                if (item.EventId == seen?.EventId && item.Data == seen?.Data) continue;
                seen = item;
                var value = read(item);
                yield return value;
                if (isLast(value)) yield break;
            }
            await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>False if the stream has ended or is broken.</returns>
    private static async Task<bool> NextAsync(IAsyncEnumerator<SseItem<string>> items, CancellationTokenSource silence, bool mayRetry,
        CancellationToken cancellationToken)
    {
        silence.CancelAfter(s_silence);
        try
        {
            return await items.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (mayRetry && !cancellationToken.IsCancellationRequested && e is IOException or HttpRequestException
            or OperationCanceledException or ApiException { Status: HttpStatusCode.ServiceUnavailable })
        {
            return false;
        }
    }

    private async IAsyncEnumerable<SseItem<string>> ItemsAsync(FormattableString path, string? last,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await AnswerAsync(HttpMethod.Get, path, null, true, "Last-Event-ID", last, cancellationToken)
            .ConfigureAwait(false);
        await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var item in SseParser.Create(content).EnumerateAsync(cancellationToken).ConfigureAwait(false)) yield return item;
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpMethod method, FormattableString path, HttpContent? body, bool isStreamed,
        string? header, string? value, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(method, AddressOf(path));
        message.Options.Set(ApiOptions.Streamed, isStreamed);
        message.Headers.Add(ProtocolHeader, Protocol);
        if (header is not null && value is not null) message.Headers.TryAddWithoutValidation(header, value);
        message.Content = body;
        var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotModified) return answer;
        using (answer) throw await RefusalAsync(answer, cancellationToken).ConfigureAwait(false);
    }

    private static Uri AddressOf(FormattableString path)
    {
        object[] values = [.. path.GetArguments().Select(a => Uri.EscapeDataString(TextOf(a)))];
        var parts = string.Format(CultureInfo.InvariantCulture, path.Format, values).Split('?');
        var query = parts.Length == 1 ? [] : parts[1].Split('&').Where(p => !p.EndsWith('=')).ToList();
        return new Uri($"api/v1/{parts[0]}{(query.Count == 0 ? "" : "?")}{string.Join('&', query)}", UriKind.Relative);
    }

    private static string TextOf(object? value) => value switch
    {
        null => "",
        DateTimeOffset time => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        DateTime time => time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
        Enum word => JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static async Task<T> ValueAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return (await answer.Content.ReadFromJsonAsync<T>(JobJson.Options, cancellationToken).ConfigureAwait(false))!;
        }
        catch (JsonException e)
        {
            throw new HttpRequestException(HttpRequestError.InvalidResponse,
                $"the answer to {answer.RequestMessage?.RequestUri} is not the JSON that this client expects ({e.Message})", e);
        }
    }

    private static async Task<ApiException> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        string? type = null, title = null, detail = null;
        if (answer.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            var problem = await ValueAsync<JsonElement>(answer, cancellationToken).ConfigureAwait(false);
            (type, title, detail) = (Text(problem, "type"), Text(problem, "title"), Text(problem, "detail"));
        }
        return new ApiException(answer.StatusCode, type, title, detail ?? title ?? $"{(int)answer.StatusCode} {answer.ReasonPhrase}",
            answer.Headers.RetryAfter?.Delta);
    }

    private static string? Text(JsonElement problem, string name) =>
        problem.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
