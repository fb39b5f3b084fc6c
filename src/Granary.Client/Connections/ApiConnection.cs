using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Granary.Client.Connections;

/// <summary>Sends requests, reads answers, and turns every refusal into an <see cref="ApiException"/>.</summary>
internal sealed class ApiConnection(HttpClient http)
{
    private const string ProtocolHeader = "Granary-Api";
    private const string Protocol = "1";

    public async Task SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var answer = await AnswerAsync(request, cancellationToken).ConfigureAwait(false);
    }

    public async Task<T> ReadAsync<T>(ApiRequest request, CancellationToken cancellationToken)
    {
        using var answer = await AnswerAsync(request, cancellationToken).ConfigureAwait(false);
        return await ValueAsync<T>(answer, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ApiAnswer<T>> ReadAnswerAsync<T>(ApiRequest request, CancellationToken cancellationToken)
    {
        using var answer = await AnswerAsync(request, cancellationToken).ConfigureAwait(false);
        var value = answer.StatusCode == HttpStatusCode.NotModified ? default
            : await ValueAsync<T>(answer, cancellationToken).ConfigureAwait(false);
        return new ApiAnswer<T>(value, answer.StatusCode, answer.Headers.ETag?.ToString(), NextOf(answer));
    }

    public async Task<ApiFile> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(request, cancellationToken, isStreamed: true).ConfigureAwait(false);
        return await ApiFile.OpenAsync(answer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The values of an event stream, as they come, until the server ends it.</summary>
    public async IAsyncEnumerable<T> WatchAsync<T>(ApiRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await AnswerAsync(request, cancellationToken, isStreamed: true).ConfigureAwait(false);
        await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var value in SseParser.Create(content, static (_, data) => JsonSerializer.Deserialize<T>(data, ApiJson.Options)!)
            .EnumerateAsync(cancellationToken).ConfigureAwait(false))
            yield return value.Data;
    }

    private async Task<HttpResponseMessage> AnswerAsync(ApiRequest request, CancellationToken cancellationToken, bool isStreamed = false)
    {
        using var message = request.ToMessage();
        message.Options.Set(ApiOptions.Streamed, isStreamed);
        message.Headers.Add(ProtocolHeader, Protocol);
        var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotModified) return answer;
        using (answer) throw await RefusalAsync(answer, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<T> ValueAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return (await answer.Content.ReadFromJsonAsync<T>(ApiJson.Options, cancellationToken).ConfigureAwait(false))!;
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

    // A list names its next page as RFC 8288 has it: <…?cursor=TEXT&…>; rel="next".
    private static string? NextOf(HttpResponseMessage answer)
    {
        if (!answer.Headers.TryGetValues("Link", out var links)) return null;
        var address = links.First().Split('<', '>')[1];
        var cursor = address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&')
            .FirstOrDefault(p => p.StartsWith("cursor=", StringComparison.Ordinal));
        return cursor is null ? null : Uri.UnescapeDataString(cursor["cursor=".Length..]);
    }
}
