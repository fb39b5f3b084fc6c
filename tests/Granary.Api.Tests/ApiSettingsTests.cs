using Granary.Api.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Granary.Api.Tests;

public sealed class ApiSettingsTests
{
    [Fact]
    public void A_server_with_settings_out_of_range_is_refused_with_all_of_them_named()
    {
        var settings = new ApiSettings { LongestBatch = 0, EventHeartbeat = TimeSpan.Zero };
        var fault = Should.Throw<OptionsValidationException>(() => new ServiceCollection().AddGranaryApi(settings, TestCatalogues.All));
        string.Join('\n', fault.Failures).ShouldSatisfyAllConditions(
            f => f.ShouldContain("LongestBatch must be between 1 and 1073741824"),
            f => f.ShouldContain("EventHeartbeat must be between 00:00:00.0010000 and 01:00:00"));
    }
}
