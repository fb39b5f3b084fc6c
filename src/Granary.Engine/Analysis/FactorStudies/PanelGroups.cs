namespace Granary.Engine.Analysis.FactorStudies;

/// <summary>The group of each symbol of a panel, such as its sector, which may change over time.</summary>
/// <param name="names">Names of the groups.</param>
/// <param name="changes">
/// For each symbol the dates, as indices of the panel in ascending order, from which it belongs to a group. Without one it has no group.
/// </param>
internal sealed class PanelGroups(IReadOnlyList<string> names, (int From, int Group)[][] changes)
{
    /// <summary>Names of the groups, in the order of their numbers.</summary>
    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>Returns the group's number of a symbol on a date; −1 for none.</summary>
    public int Of(int symbol, int date)
    {
        var found = -1;
        foreach (var (from, group) in changes[symbol])
        {
            if (from > date) break;
            found = group;
        }
        return found;
    }
}
