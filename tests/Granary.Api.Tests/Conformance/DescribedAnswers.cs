using System.Text.Json;

namespace Granary.Api.Tests.Conformance;

/// <summary>Demands of every answer that a test gets that it is as docs/openapi.json describes it.</summary>
/// <param name="folder">The server's folder; examples have another one in its place.</param>
internal sealed class DescribedAnswers(string folder) : DelegatingHandler(new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = RecordedExamples.IsRecording && request.Content is not null
            ? await request.Content.ReadAsStringAsync(cancellationToken) : null;
        var answer = await base.SendAsync(request, cancellationToken);
        if (DescribedOperation.Of(request.Method, request.RequestUri!) is not { } operation) return answer;
        var type = answer.Content.Headers.ContentType?.MediaType;
        JsonElement? body = null;
        if (type is "application/json" or "application/problem+json")
        {
            await answer.Content.LoadIntoBufferAsync(cancellationToken);
            var bytes = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            // Of files only the type is described, and tests ask for parts of them.
            if (answer.StatusCode != System.Net.HttpStatusCode.PartialContent) body = JsonDocument.Parse(bytes).RootElement;
        }
        operation.FaultOf((int)answer.StatusCode, type, body).ShouldBeNull($"{request.Method} {request.RequestUri}");
        if (answer.IsSuccessStatusCode && body is { } example)
            RecordedExamples.Record(operation.Id, asked, request.Content?.Headers.ContentType?.MediaType, (int)answer.StatusCode, type!,
                example, folder);
        return answer;
    }
}
