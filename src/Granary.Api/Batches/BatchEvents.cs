using System.Globalization;
using System.Text.Json;
using Granary.Application.Submissions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Granary.Api.Batches;

/// <summary>
/// A batch's statuses as server-sent events. Each is complete, so a client that lost the connection needs nothing replayed.
/// </summary>
internal sealed class BatchEvents(IBatchService batches, string id, TimeSpan heartbeat) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        try
        {
            await SendAsync(httpContext).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // the client has gone, or the server is stopping
        }
    }

    private async Task SendAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        // a stream that may last for hours must not hold up the stop of the server; the client connects again, elsewhere
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted,
            httpContext.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        var stop = ending.Token;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache,no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.Body.FlushAsync(stop).ConfigureAwait(false);

        var statuses = batches.WatchAsync(id, stop).GetAsyncEnumerator(stop);
        await using (statuses.ConfigureAwait(false))
        {
            var next = statuses.MoveNextAsync().AsTask();
            while (true)
            {
                try
                {
                    if (!await next.WaitAsync(heartbeat, stop).ConfigureAwait(false)) return;
                }
                catch (TimeoutException) when (!next.IsCompleted)
                {
                    await response.WriteAsync(": still here\n\n", stop).ConfigureAwait(false);
                    await response.Body.FlushAsync(stop).ConfigureAwait(false);
                    continue;
                }
                var status = statuses.Current;
                var kind = status.Ended ? status.State.ToString().ToLowerInvariant() : "progress";
                await response.WriteAsync(string.Create(CultureInfo.InvariantCulture,
                    $"id: {status.Revision}\nevent: {kind}\ndata: {JsonSerializer.Serialize(status, SubmissionJson.Options)}\n\n"), stop)
                    .ConfigureAwait(false);
                await response.Body.FlushAsync(stop).ConfigureAwait(false);
                next = statuses.MoveNextAsync().AsTask();
            }
        }
    }
}
