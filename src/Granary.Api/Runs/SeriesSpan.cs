using System.ComponentModel;
using Granary.Engine;
using Granary.Simulation.Json;
using Granary.Simulation.Keys;
using Granary.Simulation.RunFolders;
using Microsoft.AspNetCore.Mvc;

namespace Granary.Api.Runs;

/// <summary>The requested part of a series.</summary>
internal sealed record SeriesSpan
{
    /// <summary>Maximum number of points of a curve, and the number if the caller gives none.</summary>
    public const int MostPoints = 20_000, UsualPoints = 1000;

    [FromQuery(Name = "from"), Description("Time of the first row, in ISO 8601.")]
    public string? From { get; init; }

    [FromQuery(Name = "to"), Description("The end, in ISO 8601; rows at that time are left out.")]
    public string? To { get; init; }

    /// <exception cref="InputException">A time is wrong.</exception>
    public RunSeries Read(int points) => new(First, End, points);

    /// <summary>UTC ticks; null = from the first row.</summary>
    /// <exception cref="InputException">The time is wrong.</exception>
    public long? First => From is null ? null : UtcTicks.Read("from", From);

    /// <summary>UTC ticks, exclusive; null = to the last row.</summary>
    /// <exception cref="InputException">The time is wrong.</exception>
    public long? End => To is null ? null : UtcTicks.Read("to", To);
}
