namespace Granary.Browser.Tests.Dashboard;

/// <summary>A tab that the tests of a class share: in a tab of its own, each would load and compile the dashboard again.</summary>
public sealed class DashboardTab(Browser browser, TradedServer traded) : IAsyncDisposable
{
    private Visit? _visit;

    /// <summary>Loads a view, and clears the complaints of earlier tests.</summary>
    /// <param name="view">An address, which may have the words of <see cref="TradedServer.AddressOf"/>.</param>
    internal async Task<Visit> LoadAsync(string view)
    {
        var server = await traded.ServerAsync();
        if (_visit is null) return _visit = await Visit.OpenAsync(browser, server, traded.AddressOf(view));
        _visit.Complaints.Clear();
        await _visit.GoAsync(traded.AddressOf(view));
        return _visit;
    }

    public async ValueTask DisposeAsync()
    {
        if (_visit is not null) await _visit.DisposeAsync();
    }
}
