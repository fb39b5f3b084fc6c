using Granary.Simulated.Kernel;

namespace Granary.Simulated.Venue;

/// <summary>
/// A session's orders, journals and books at an exchange, through the adapter's own code and in the exchange's words: requests and
/// answers that are lost, late, refused or answered with an error after they were carried out; websockets that repeat, reorder and break;
/// lists that have an order later; journals that do not answer; a clock that is wrong; a session that is killed and started again.
/// </summary>
internal sealed class VenueScenario : IScenario
{
    public string Name => "venue";

    public int Share => 5;

    public TimeSpan Limit => TimeSpan.FromHours(2);

    public Task RunAsync(World world) => new VenueRun(world).RunAsync();
}
