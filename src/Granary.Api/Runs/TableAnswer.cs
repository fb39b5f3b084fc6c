using Granary.Api.Problems;
using Granary.Engine.Catalogues;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Catalogues;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Granary.Api.Runs;

/// <summary>Answers with a table of a run as JSON, or in the format that the header <c>Accept</c> names.</summary>
/// <param name="Catalogues">Has the formats of the process.</param>
internal sealed record TableAnswer(HttpContext Context, GranaryCatalogues Catalogues)
{
    /// <summary>The media types of an answer, for its description.</summary>
    public const string Json = "application/json", Arrow = "application/vnd.apache.arrow.stream", Csv = "text/csv",
        Parquet = "application/vnd.apache.parquet";

    /// <summary>The columns of the file, by the query <c>columns</c>; null = all.</summary>
    private IReadOnlyList<string>? Columns => Context.Request.Query["columns"].ToString() is { Length: > 0 } names
        ? names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : null;

    /// <param name="json">Returns the answer with a page.</param>
    /// <param name="table">Returns the table with all rows that match.</param>
    public IResult Of(Func<IResult> json, Func<Table> table)
    {
        IReadOnlyList<IOutputFormat> formats = [CsvFormat.Instance, .. Catalogues.OutputFormats.All];
        // A caller's first choice is that with the highest quality; equal ones keep their order.
        foreach (var type in Accepted().OrderByDescending(t => t.Quality ?? 1).Select(t => t.MediaType.ToString()))
        {
            if (type is "*/*" or "application/*" or Json || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)) return json();
            if (formats.FirstOrDefault(f => string.Equals(f.MediaType, type, StringComparison.OrdinalIgnoreCase)) is { } format)
                return new Written(format, table().Choose(Columns));
        }
        return Problem.Of(StatusCodes.Status406NotAcceptable, "Not acceptable",
            $"Accept: {Context.Request.Headers.Accept}: this table is answered as {string.Join(" or ", formats.Select(f => f.MediaType).Prepend(Json))}");
    }

    private IEnumerable<MediaTypeHeaderValue> Accepted() =>
        Context.Request.GetTypedHeaders().Accept is { Count: > 0 } accepted ? accepted.Where(t => t.Quality != 0)
            : Context.Request.Headers.Accept.Count == 0 ? [new MediaTypeHeaderValue("*/*")] : [];

    private sealed class Written(IOutputFormat format, Table table) : IResult
    {
        // Writers of tables wait for their stream, so that they have a thread of their own.
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = format.MediaType;
            return Task.Run(() =>
            {
                using var body = httpContext.Response.BodyWriter.AsStream(leaveOpen: true);
                if (format.IsStreamed) table.Write(format, body);
                else
                {
                    // A format that goes back in its stream is written to a file first.
                    using var file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16,
                        FileOptions.DeleteOnClose);
                    table.Write(format, file);
                    file.Position = 0;
                    file.CopyTo(body);
                }
            }, httpContext.RequestAborted);
        }
    }
}
