using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Strategies;

/// <summary>Passes the events of each symbol of a strategy to a listener of its own.</summary>
internal sealed class SymbolListeners(IReadOnlyList<IRunListener> listeners) : IRunListener
{
    public void On(in RunEvent e) => listeners[e.SymbolIndex].On(e);
}
