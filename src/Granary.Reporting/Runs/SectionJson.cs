using System.Text.Json.Serialization;

namespace Granary.Reporting.Runs;

/// <summary>The serialisers of sections in a program without reflection, such as one that is compiled ahead of time.</summary>
[JsonSerializable(typeof(AllocationResults))]
[JsonSerializable(typeof(AllocatorResults))]
[JsonSerializable(typeof(BorrowingResults))]
[JsonSerializable(typeof(ConditionResults))]
[JsonSerializable(typeof(CurrencyResults))]
[JsonSerializable(typeof(FundingResults))]
[JsonSerializable(typeof(LearningReport))]
[JsonSerializable(typeof(ModelResults))]
[JsonSerializable(typeof(ParameterSearchResults))]
[JsonSerializable(typeof(RegimeResults))]
[JsonSerializable(typeof(ResamplingResults))]
[JsonSerializable(typeof(RollResults))]
[JsonSerializable(typeof(SessionResults))]
[JsonSerializable(typeof(UniverseResults))]
[JsonSerializable(typeof(ValidationFigures))]
[JsonSerializable(typeof(WalkForwardResults))]
[JsonSerializable(typeof(WeightResults))]
// The values of a state's row.
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(string))]
internal sealed partial class SectionJson : JsonSerializerContext;
