using Granary.Api.Lists;
using Granary.Api.Problems;
using Granary.Simulation.Catalogues;
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

    public required HttpContext Context { get; init; }

    [FromServices]
    public required GranaryCatalogues Catalogues { get; init; }

    /// <param name="absence">Error message if the run has no such table; null = a message that names the output that writes it.</param>
    public IResult Answer(string id, string table, RowQuery query, Paging paging, string? absence)
    {
        if (Library.Find(id) is null) return Problem.NotFound($"there is no run {id} here");
        var path = PathOf(id, table);
        return new TableAnswer(Context, Catalogues).Of(() =>
        {
            var page = query.Of(path, absence, Library.Rows);
            return paging.Answer(page, page.Next);
        }, () => query.TableOf(path, KnownTables.Find(table)!, absence, Library.Rows));
    }

    public IResult Answer(string id, SignalQuery query, Paging paging)
    {
        var path = PathOf(id, "signals");
        return new TableAnswer(Context, Catalogues).Of(() =>
        {
            var page = query.Of(path, Library.Rows);
            return paging.Answer(page, page.Next);
        }, () => query.TableOf(path, KnownTables.Find("signals")!, Library.Rows));
    }

    private string PathOf(string id, string table) => Path.Combine(Library.PathOf(id), table + ".csv");
}
