using System.Text.Json;
using Granary.Engine.Market;
using Granary.Learning.Registry;

namespace Granary.Simulation.Batches;

/// <summary>Schedule at which a session checks for a newer promoted version of a model, as in prod.json.</summary>
/// <param name="Every">Interval, such as 7d.</param>
/// <param name="From">Time of the last training in the batch, UTC.</param>
internal sealed record ModelRefresh(string Every, DateTime From)
{
    /// <exception cref="JsonException">The interval is not in hours, days, weeks, months or years.</exception>
    internal RetrainingSchedule ToSchedule() => CalendarSpan.TryParse(Every, out var span)
        ? new RetrainingSchedule(From.ToUniversalTime().Ticks, span)
        : throw new JsonException($"'{Every}' is not a span such as 12h, 7d or 1w");
}
