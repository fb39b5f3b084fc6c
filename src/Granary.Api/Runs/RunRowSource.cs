using System.ComponentModel;
using Granary.Api.Lists;
using Granary.Api.Problems;
using Granary.Reporting.Runs;
using Granary.Simulation.RunFolders;
using Granary.Trading.Tables;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Granary.Api.Runs;

/// <summary>Answers questions about rows of tables of runs.</summary>
internal sealed record RunRowSource
{
    [FromServices]
    public required RunLibrary Library { get; init; }

    [FromQuery(Name = "strategy"), Description("The id of a strategy; without it the rows are of all.")]
    public string? Strategy { get; init; }

    /// <param name="absence">Error message if the run has no such table; null = a message that names the output that writes it.</param>
    public IResult Answer(string id, string table, RowQuery query, Paging paging, TableAnswer answer, string? absence = null)
    {
        if (Library.Find(id) is null) return Problem.NotFound($"there is no run {id} here");
        return Answer(RowText.OfFile(PathOf(id, table), absence, Library.Rows), query with { Strategy = Strategy }, paging, answer,
            KnownTables.Find(table)!);
    }

    /// <summary>Answers with a page of rows, or with the table of all that match.</summary>
    public static IResult Answer(RowText rows, RowQuery query, Paging paging, TableAnswer answer, CsvSchema schema) => answer.Of(() =>
    {
        var page = query.Of(rows);
        return paging.Answer(page, page.Next);
    }, () => query.TableOf(rows, schema));

    public IResult Answer(string id, SignalQuery query, Paging paging, TableAnswer answer)
    {
        if (Library.Find(id) is null) return Problem.NotFound($"there is no run {id} here");
        var path = PathOf(id, "signals");
        query = query with { Rows = query.Rows with { Strategy = Strategy } };
        return answer.Of(() =>
        {
            var page = query.Of(path, Library.Rows);
            return paging.Answer(page, page.Next);
        }, () => query.Matching.TableOf(RowText.OfFile(path, null, Library.Rows), KnownTables.Find("signals")!));
    }

    private string PathOf(string id, string table) => Path.Combine(Library.PathOf(id), table + ".csv");
}
