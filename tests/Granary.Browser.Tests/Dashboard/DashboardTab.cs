namespace Granary.Browser.Tests.Dashboard;

/// <summary>A tab that the tests of a class share: in a tab of its own, each would load and compile the dashboard again.</summary>
public sealed class DashboardTab(Browser browser, TradedServer traded) : IAsyncDisposable
{
    private Visit? _visit;

    /// <summary>The tab at an address, which it loads; complaints of earlier tests are cleared.</summary>
    internal async Task<Visit> LoadAsync(string path)
    {
        if (_visit is null) return _visit = await Visit.OpenAsync(browser, await traded.ServerAsync(), path);
        _visit.Complaints.Clear();
        await _visit.GoAsync(path);
        return _visit;
    }

    public async ValueTask DisposeAsync()
    {
        if (_visit is not null) await _visit.DisposeAsync();
    }
}
