using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>Takes OTLP over HTTP and keeps what silos send.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _server;

    private OtlpReceiver(WebApplication server) => _server = server;

    /// <summary>The bodies of all requests one after the other, by path, such as <c>v1/logs</c>.</summary>
    public ConcurrentDictionary<string, string> Received { get; } = new();

    public ConcurrentQueue<OtlpSpan> Spans { get; } = new();

    /// <summary>The variables of a silo that sends here.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _server.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
    };

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver._server.MapPost("/{**path}", receiver.TakeAsync);
        await receiver._server.StartAsync();
        return receiver;
    }

    private async Task<IResult> TakeAsync(string path, HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var bytes = body.ToArray();
        Received.AddOrUpdate(path, _ => Encoding.Latin1.GetString(bytes), (_, before) => before + Encoding.Latin1.GetString(bytes));
        if (path == "v1/traces")
            foreach (var span in OtlpSpans.Read(bytes)) Spans.Enqueue(span);
        return Results.Ok();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
