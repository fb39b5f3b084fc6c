using System.Text.Json.Serialization;
using Granary.Contracts.Runs;

namespace Granary.Contracts.Jobs;

/// <summary>The serialisers of a program without reflection, such as one that is compiled ahead of time: those of a run's files.</summary>
[JsonSerializable(typeof(RunAnalysis))]
internal sealed partial class AnalysisJson : JsonSerializerContext;
