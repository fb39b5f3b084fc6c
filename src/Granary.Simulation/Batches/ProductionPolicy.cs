using System.Text.Json;

namespace Granary.Simulation.Batches;

/// <summary>Content of the section <c>policy</c> of a production configuration.</summary>
/// <param name="Write">Writes the section.</param>
/// <param name="Strategies">
/// Indices of strategies that stay in the configuration even if their last weight is 0, because a later version may weigh them.
/// </param>
internal sealed record ProductionPolicy(Action<Utf8JsonWriter> Write, IReadOnlySet<int> Strategies);
