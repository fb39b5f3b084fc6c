namespace Granary.Engine.Trading.Execution;

/// <summary>Cash of an account in its own currency, to which balances in several currencies refer.</summary>
internal sealed class OwnCash(double cash)
{
    /// <summary>Negative where it is owed.</summary>
    public double Cash = cash;
}
