using System.Text.Json;

namespace Granary.Simulation.Batches;

/// <summary>The section <c>policy</c> of a production configuration that is written.</summary>
/// <param name="Write">Writes the section.</param>
/// <param name="Strategies">
/// Indices of strategies that the configuration has even if their last weight is 0: a later version may weigh them.
/// </param>
public sealed record ProductionPolicy(Action<Utf8JsonWriter> Write, IReadOnlySet<int> Strategies);
