using Granary.Data.Journals;
using Granary.Simulated.Kernel;

namespace Granary.Simulated.Journals;

/// <summary>What a journal must hold: the known entries, and after them a part of what was written since, in whole appends.</summary>
/// <param name="isFlushed">Whether its appends are flushed.</param>
internal sealed class JournalModel(bool isFlushed)
{
    private readonly List<JournalEntry> _known = [];
    // Appends since, whether they returned or not. The first ones are in the file unless the power was cut.
    private readonly List<IReadOnlyList<JournalEntry>> _since = [];
    private int _written;

    public bool IsFlushed => isFlushed;

    /// <summary>An append begins.</summary>
    public void Begins(IReadOnlyList<JournalEntry> entries) => _since.Add(entries);

    /// <summary>The last append returned.</summary>
    /// <param name="isDurable">Whether it survives a power cut.</param>
    public void Returned(bool isDurable)
    {
        _written = _since.Count;
        if (isDurable) Know(_since.Count);
    }

    /// <summary>The power was cut: nothing is sure but the known entries.</summary>
    public void PowerCut() => _written = 0;

    /// <summary>Compares a journal that was opened. What it holds is known from now on.</summary>
    public void Opened(IReadOnlyList<JournalEntry> found)
    {
        var appends = Compare(found, "opened");
        _since.RemoveRange(appends, _since.Count - appends);
        // Without flushes a power cut may lose all of it again.
        if (isFlushed) Know(appends);
        else _written = appends;
    }

    /// <summary>Compares what a reader found.</summary>
    public void Read(IReadOnlyList<JournalEntry> found) => Compare(found, "read");

    // Returns how many appends since the known entries it has.
    private int Compare(IReadOnlyList<JournalEntry> found, string how)
    {
        Oracle.Demand(found.Count >= _known.Count, "appends survive",
            $"{_known.Count} entries were acknowledged, {found.Count} were {how}");
        for (var i = 0; i < _known.Count; i++)
            Oracle.Demand(IsSame(found[i], _known[i]), "appends survive", $"entry {i + 1} differs when {how}");
        var (at, appends) = (_known.Count, 0);
        for (; at < found.Count; appends++)
        {
            Oracle.Demand(appends < _since.Count, "nothing invented", $"entry {at + 1} was never appended, and was {how}");
            foreach (var entry in _since[appends])
            {
                Oracle.Demand(at < found.Count, "whole appends", $"of append {appends} only a part was {how}");
                Oracle.Demand(IsSame(found[at], entry), "nothing invented", $"entry {at + 1} is another one when {how}");
                at++;
            }
        }
        Oracle.Demand(appends >= _written, "a kill loses nothing", $"{_written} appends were written, {appends} were {how}");
        return appends;
    }

    private void Know(int appends)
    {
        foreach (var append in _since.Take(appends)) _known.AddRange(append);
        _since.RemoveRange(0, appends);
        _written = Math.Max(0, _written - appends);
    }

    private static bool IsSame(JournalEntry a, JournalEntry b) => a.Sequence == b.Sequence && a.Kind == b.Kind && a.At == b.At
        && a.Body.Span.SequenceEqual(b.Body.Span);
}
