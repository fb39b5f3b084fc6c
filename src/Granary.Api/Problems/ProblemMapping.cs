using System.Data.Common;
using System.Diagnostics;
using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Learning.Registry;
using Granary.Server.Access;
using Granary.Server.Budgets;
using Granary.Server.Jobs;
using Granary.Simulation.Json;
using Granary.Simulation.Weights;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Problems;

/// <summary>
/// Maps each exception of the application to an HTTP status and a problem. An exception that is not listed is a fault of the server: the
/// caller gets a trace id to quote, and the log gets the details.
/// </summary>
internal sealed partial class ProblemMapping(ILogger<ProblemMapping> logger) : IExceptionHandler
{
    // About the time that a full queue or a restarting silo needs before a retry can succeed.
    private const string RetryAfterSeconds = "5";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (httpContext.RequestAborted.IsCancellationRequested) return true; // the caller has gone
        var (status, title, detail) = exception switch
        {
            DamagedModelException e => (StatusCodes.Status503ServiceUnavailable, "Not available now", e.Message),
            NotAllowedException e => (StatusCodes.Status403Forbidden, "Not allowed", e.Message),
            InputException e => (StatusCodes.Status400BadRequest, "The input is wrong", e.Message),
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
                (StatusCodes.Status413PayloadTooLarge, "Too large", "the body is larger than this server takes; split the batch"),
            BadHttpRequestException e => (e.StatusCode, "The request is wrong", RequestFaults.SentenceOf(e)),
            IdempotencyConflictException e => (StatusCodes.Status422UnprocessableEntity, "Idempotency key is taken", e.Message),
            OutsideLimitsException e => (StatusCodes.Status403Forbidden, "Not allowed", e.Message),
            TooManyJobsException e => (StatusCodes.Status429TooManyRequests, "Too many jobs", e.Message),
            StaleWeightsException e => (StatusCodes.Status412PreconditionFailed, "Changed in the meantime", e.Message),
            BarStoreException e => (StatusCodes.Status503ServiceUnavailable, "Not available now", e.Message),
            BarDataException e => (StatusCodes.Status400BadRequest, "The input is wrong", e.Message),
            JournalException e => (StatusCodes.Status503ServiceUnavailable, "The journal cannot be read", e.Message),
            DbException e => (StatusCodes.Status503ServiceUnavailable, "Not available now", ServiceUnavailableException.Of(e).Message),
            LeaseException e => (StatusCodes.Status409Conflict, "The account is taken", e.Message),
            ServiceUnavailableException e => (StatusCodes.Status503ServiceUnavailable, "Not available now", e.Message),
            _ => (StatusCodes.Status500InternalServerError, "Internal error",
                $"the server failed on this request; its log has the details under "
                    + $"trace {Activity.Current?.TraceId.ToString() ?? httpContext.TraceIdentifier}"),
        };
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            httpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
        if (status >= 500) RequestFailed(httpContext.Request.Method, httpContext.Request.Path, exception);
        await Problem.WriteAsync(httpContext, status, title, detail).ConfigureAwait(false);
        return true;
    }

    public static void Complete(ProblemDetailsContext context)
    {
        context.ProblemDetails.Instance ??= context.HttpContext.Request.Path;
        // The framework's own title is spelled differently.
        if (context.ProblemDetails.Status == StatusCodes.Status404NotFound) context.ProblemDetails.Title = "Not found";
        context.ProblemDetails.Title ??= TitleOf(context.ProblemDetails.Status);
        context.ProblemDetails.Type = ErrorPages.TypeOf(context.ProblemDetails.Title);
        context.ProblemDetails.Extensions.TryAdd("traceId", Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier);
        context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch
        {
            404 => $"there is no {context.HttpContext.Request.Path} here; /openapi/v1.json lists all paths",
            405 => $"{context.HttpContext.Request.Path} does not take {context.HttpContext.Request.Method}",
            415 => "send the header Content-Type with a media type that the endpoint takes, such as application/json",
            _ => null,
        };
    }

    // The routing and the framework's middleware set a status without a title.
    private static string TitleOf(int? status) => status is >= 400 and < 500 and not StatusCodes.Status404NotFound
        && ReasonPhrases.GetReasonPhrase(status.Value) is { Length: > 0 } phrase ? phrase : "Internal error";

    [LoggerMessage(1, LogLevel.Error, "{Method} {Path} failed")]
    private partial void RequestFailed(string method, string path, Exception exception);
}
