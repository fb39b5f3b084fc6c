using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Simulation.RunFolders;
using Microsoft.AspNetCore.Mvc;

namespace Granary.Api.Runs;

/// <summary>The requested part of a series.</summary>
/// <param name="From">The first row.</param>
/// <param name="To">The exclusive end.</param>
internal sealed record SeriesSpan([FromQuery(Name = "from")] string? From, [FromQuery(Name = "to")] string? To)
{
    /// <summary>Maximum number of points of a curve, and the number if the caller gives none.</summary>
    public const int MostPoints = 20_000, UsualPoints = 1000;

    /// <exception cref="InputException">A time is wrong.</exception>
    public RunSeries Read(int points) => new(First, End, points);

    /// <summary>UTC ticks; null = from the first row.</summary>
    /// <exception cref="InputException">The time is wrong.</exception>
    public long? First => From is null ? null : UtcTicks.Read("from", From);

    /// <summary>UTC ticks, exclusive; null = to the last row.</summary>
    /// <exception cref="InputException">The time is wrong.</exception>
    public long? End => To is null ? null : UtcTicks.Read("to", To);
}
