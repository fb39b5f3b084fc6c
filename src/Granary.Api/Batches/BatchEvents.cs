using System.Globalization;
using System.Text.Json;
using Granary.Application.Submissions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Granary.Api.Batches;

/// <summary>A batch's statuses as server-sent events. Each is complete, so a client that lost the connection needs nothing replayed.</summary>
internal sealed class BatchEvents(IBatchService batches, string id, TimeSpan heartbeat) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var stop = httpContext.RequestAborted;
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
                await response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id: {status.Revision}\nevent: {kind}\ndata: {JsonSerializer.Serialize(status, SubmissionJson.Options)}\n\n"), stop).ConfigureAwait(false);
                await response.Body.FlushAsync(stop).ConfigureAwait(false);
                next = statuses.MoveNextAsync().AsTask();
            }
        }
    }
}
