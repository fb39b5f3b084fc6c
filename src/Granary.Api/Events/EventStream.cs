using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Granary.Api.Events;

/// <summary>
/// Server-sent events until their source ends. Each event is complete, so a client that lost the connection needs nothing replayed.
/// </summary>
/// <param name="open">Opens the source.</param>
/// <param name="heartbeat">The longest silence; a comment ends it, so that proxies keep the connection open.</param>
internal sealed class EventStream(Func<CancellationToken, IAsyncEnumerable<ServerEvent>> open, TimeSpan heartbeat) : IResult
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

        var events = open(stop).GetAsyncEnumerator(stop);
        await using (events.ConfigureAwait(false))
        {
            var next = events.MoveNextAsync().AsTask();
            try
            {
                while (await HasNextAsync(next, response, stop).ConfigureAwait(false))
                {
                    var (id, kind, data) = events.Current;
                    await response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id: {id}\nevent: {kind}\ndata: {data}\n\n"),
                        stop).ConfigureAwait(false);
                    await response.Body.FlushAsync(stop).ConfigureAwait(false);
                    next = events.MoveNextAsync().AsTask();
                }
            }
            finally
            {
                // A source must not be closed while it is being asked.
                await ending.CancelAsync().ConfigureAwait(false);
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Sends comments while the source is silent.
    private async Task<bool> HasNextAsync(Task<bool> next, HttpResponse response, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await next.WaitAsync(heartbeat, stop).ConfigureAwait(false);
            }
            catch (TimeoutException) when (!next.IsCompleted)
            {
                await response.WriteAsync(": still here\n\n", stop).ConfigureAwait(false);
                await response.Body.FlushAsync(stop).ConfigureAwait(false);
            }
        }
    }
}
