using Granary.Simulation.Catalogues;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Granary.Api.Problems;

/// <summary>
/// Writes every problem as JSON. The framework's own writer declines where the header Accept rules JSON out; the sentence matters more than
/// the header.
/// </summary>
internal sealed class ProblemWriter(GranaryCatalogues catalogues) : IProblemDetailsWriter
{
    /// <inheritdoc/>
    public bool CanWrite(ProblemDetailsContext context) => true;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        context.ProblemDetails.Status ??= context.HttpContext.Response.StatusCode;
        ProblemMapping.Complete(context);
        if (context.ProblemDetails.Detail is { } detail) context.ProblemDetails.Detail = catalogues.Shown(detail);
        return new ValueTask(context.HttpContext.Response.WriteAsJsonAsync(context.ProblemDetails, typeof(ProblemDetails),
            (System.Text.Json.JsonSerializerOptions?)null, "application/problem+json"));
    }
}
