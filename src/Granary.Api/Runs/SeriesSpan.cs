using Granary.Application.Json;
using Granary.Application.Options;
using Granary.Application.RunFolders;
using Microsoft.AspNetCore.Mvc;

namespace Granary.Api.Runs;

/// <summary>The part of a series that a request asks for.</summary>
/// <param name="From">The first row.</param>
/// <param name="To">The first row that is left out.</param>
internal sealed record SeriesSpan([FromQuery(Name = "from")] string? From, [FromQuery(Name = "to")] string? To,
    [FromQuery(Name = "points")] int? Points)
{
    private const int MostPoints = 20_000;

    /// <exception cref="InputException">A time or the number is wrong.</exception>
    public RunSeries Read() => Points is < 4 or > MostPoints
        ? throw new InputException($"points={Points}: ask for 4 to {MostPoints}")
        : new RunSeries(From is null ? null : UtcTicks.Read("from", From), To is null ? null : UtcTicks.Read("to", To), Points ?? 1000);
}
