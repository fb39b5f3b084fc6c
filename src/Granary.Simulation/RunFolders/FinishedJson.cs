using System.Text.Json.Serialization;
using Granary.Simulation.Passes;

namespace Granary.Simulation.RunFolders;

/// <summary>The serialisers of finished strategies in a program without reflection.</summary>
[JsonSerializable(typeof(FinishedLog.Header), TypeInfoPropertyName = "FinishedHeader")]
[JsonSerializable(typeof(FinishedLog.Line), TypeInfoPropertyName = "FinishedLine")]
[JsonSerializable(typeof(StrategyOutcome))]
[JsonSerializable(typeof(int[]))]
internal sealed partial class FinishedJson : JsonSerializerContext;
