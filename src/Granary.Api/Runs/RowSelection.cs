using System.ComponentModel;
using Granary.Api.Lists;
using Granary.Simulation.Json;
using Granary.Simulation.RunFolders;
using Microsoft.AspNetCore.Mvc;

namespace Granary.Api.Runs;

/// <summary>The rows of a list that a caller asks for, and their order.</summary>
internal sealed record RowSelection
{
    /// <summary>Describes the query <c>filter</c> and <c>at</c> of a list of rows.</summary>
    public const string Description = "'sort' is a key of the rows, with '-' in front for the largest first. 'filter' has conditions with "
        + "commas between, such as symbol=BTCUSDT,side=long,pnlNet>0. Without a cursor, 'at' begins the page at the first row of that time "
        + "or later.";

    [FromQuery(Name = "sort")]
    public string? Sort { get; init; }

    [FromQuery(Name = "filter"), Description("Conditions with commas between, such as symbol=BTCUSDT,pnlNet>0.")]
    public string? Filter { get; init; }

    [FromQuery(Name = "at"), Description("Time of the row with which the first page begins, in ISO 8601.")]
    public string? At { get; init; }

    public RowQuery Query(int limit, Paging paging) => new(limit, null, paging.Cursor)
    {
        Sort = string.IsNullOrEmpty(Sort) ? null : Sort,
        Filter = string.IsNullOrEmpty(Filter) ? null : Filter,
        At = string.IsNullOrEmpty(At) ? null : UtcTicks.Read("at", At),
    };
}
