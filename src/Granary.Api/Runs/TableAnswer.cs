using System.ComponentModel;
using Granary.Api.Problems;
using Granary.Engine.Catalogues;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;
using Granary.Simulation.Catalogues;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace Granary.Api.Runs;

/// <summary>Answers with a table as JSON, or in the format that the header <c>Accept</c> names.</summary>
internal sealed record TableAnswer
{
    private const string Json = "application/json";

    /// <summary>The end of the description of an operation that answers with tables.</summary>
    public const string Description = " With 'Accept: application/vnd.apache.arrow.stream', text/csv or application/vnd.apache.parquet the "
        + "answer has all rows that match, typed, whatever 'cursor' and 'limit'; 'columns' has names of columns with commas between.";

    public required HttpContext Context { get; init; }

    /// <summary>Has the formats of the process.</summary>
    [FromServices]
    public required GranaryCatalogues Catalogues { get; init; }

    [FromQuery(Name = "columns"), Description("Columns of an answer that is a file, with commas between.")]
    public string? Columns { get; init; }

    /// <summary>Declares the answers of an operation.</summary>
    public static RouteHandlerBuilder Declare<T>(RouteHandlerBuilder operation) => operation
        .Produces<T>(200, Json, "application/vnd.apache.arrow.stream", "text/csv", "application/vnd.apache.parquet")
        .ProducesProblem(400).ProducesProblem(404).ProducesProblem(406);

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
                return new Written(format, table().Choose(Names()));
        }
        return Problem.Of(StatusCodes.Status406NotAcceptable, "Not acceptable",
            $"Accept: {Context.Request.Headers.Accept}: this table is answered as {string.Join(" or ", formats.Select(f => f.MediaType).Prepend(Json))}");
    }

    /// <summary>Returns the answer of a table that has a different name for a key of the rows in JSON.</summary>
    public TableAnswer Named(string key, string column) => this with
    {
        Columns = Columns is null ? null : string.Join(',', Columns.Split(',').Select(c => c.Trim() == key ? column : c)),
    };

    private IReadOnlyList<string>? Names() => string.IsNullOrEmpty(Columns) ? null
        : Columns.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

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
                using var body = new CountedStream(httpContext.Response.BodyWriter.AsStream(leaveOpen: true));
                table.Write(format, body);
            }, httpContext.RequestAborted);
        }
    }
}
