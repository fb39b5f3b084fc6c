using Granary.Learning.Tables;

namespace Granary.Modelling.Learning;

/// <summary>The entries of one market that a model of the risk learns from.</summary>
/// <param name="Table">
/// Makes the table, and says how many of its labels were known in the first two fifths of the bars; throws where nothing can be learned.
/// </param>
internal sealed record EntrySamples(UnitSource Source, Func<(TrainingTable Rows, int Early)> Table);
