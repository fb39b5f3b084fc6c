namespace Granary.Engine.Trading.Book;

/// <summary>The call-backs that a strategy is still to receive: orders that changed their state, and trades that ended.</summary>
internal sealed class StrategyNotices(IRunListener callbacks)
{
    private readonly List<RunEvent> _waiting = [];

    public bool Any => _waiting.Count > 0;

    public void Add(in RunEvent e) => _waiting.Add(e);

    /// <summary>Makes all call-backs in order; those that follow from the strategy's answers too.</summary>
    /// <exception cref="InvalidOperationException">It answers its own order events without end.</exception>
    public void Deliver()
    {
        for (var i = 0; i < _waiting.Count; i++)
        {
            callbacks.On(_waiting[i]);
            if (i > 10_000) throw new InvalidOperationException("the strategy answers its own order events without end");
        }
        _waiting.Clear();
    }
}
