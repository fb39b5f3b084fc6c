using System.Text.Json.Serialization;
using Granary.Reporting.Runs;

namespace Granary.Backtesting.Runs;

/// <summary>The serialisers of counted trials in a program without reflection.</summary>
[JsonSerializable(typeof(TrialCensus))]
internal sealed partial class CensusJson : JsonSerializerContext;
