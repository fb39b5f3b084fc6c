using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Application.Live;

/// <summary>The way to the venues that accounts are at: 'paper' here; a host that has an adapter of its own registers another.</summary>
public interface IVenues
{
    /// <summary>Opens the way to an account's venue.</summary>
    /// <param name="instruments">By symbol.</param>
    /// <param name="openBook">Opens the book that a simulated venue keeps; whoever calls it disposes of it.</param>
    Task<IBroker> ConnectAsync(PaperSettings paper, ExecutionSettings execution, IReadOnlyDictionary<string, Instrument> instruments, Func<CancellationToken, Task<Data.Journals.IJournal>> openBook, TimeProvider clock, CancellationToken cancellationToken = default);
}

/// <summary>Nothing but the paper venue.</summary>
public sealed class PaperVenues : IVenues
{
    public async Task<IBroker> ConnectAsync(PaperSettings paper, ExecutionSettings execution, IReadOnlyDictionary<string, Instrument> instruments, Func<CancellationToken, Task<Data.Journals.IJournal>> openBook, TimeProvider clock, CancellationToken cancellationToken = default) =>
        await PaperBroker.OpenAsync(paper, execution, instruments, await openBook(cancellationToken).ConfigureAwait(false), clock, cancellationToken).ConfigureAwait(false);
}
