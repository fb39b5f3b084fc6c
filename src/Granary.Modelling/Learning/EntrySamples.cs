using Granary.Learning.Tables;

namespace Granary.Modelling.Learning;

/// <summary>The entries of one market, as samples for a risk model.</summary>
/// <param name="Table">
/// Creates the table and returns the number of labels known in the first two fifths of the bars. Throws if nothing can be learned.
/// </param>
internal sealed record EntrySamples(UnitSource Source, Func<(TrainingTable Rows, int Early)> Table);
