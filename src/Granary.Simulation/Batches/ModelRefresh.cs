using System.Text.Json;
using Granary.Engine.Market;
using Granary.Learning.Registry;

namespace Granary.Simulation.Batches;

/// <summary>When a session looks for a newer promoted version of a model, as prod.json has it.</summary>
/// <param name="Every">A span such as 7d.</param>
/// <param name="From">The last training of the batch, UTC.</param>
public sealed record ModelRefresh(string Every, DateTime From)
{
    /// <exception cref="JsonException">The span is not one of hours, days, weeks, months or years.</exception>
    internal RetrainingSchedule ToSchedule() => CalendarSpan.TryParse(Every, out var span)
        ? new RetrainingSchedule(From.ToUniversalTime().Ticks, span)
        : throw new JsonException($"'{Every}' is no span such as 12h, 7d or 1w");
}
