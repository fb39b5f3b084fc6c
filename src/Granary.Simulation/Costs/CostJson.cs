using System.Text.Json.Serialization;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Costs;

/// <summary>The serialisers of costs in a program without reflection.</summary>
[JsonSerializable(typeof(CostStudyResults))]
internal sealed partial class CostJson : JsonSerializerContext;
