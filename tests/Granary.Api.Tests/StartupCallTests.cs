using Granary.Api.Hosting;

namespace Granary.Api.Tests;

/// <summary>The address at which a server calls itself once it listens.</summary>
public sealed class StartupCallTests
{
    [Theory]
    [InlineData("http://0.0.0.0:8080", "http://127.0.0.1:8080/health/live")]
    [InlineData("http://+:8080", "http://127.0.0.1:8080/health/live")]
    [InlineData("http://*:80", "http://127.0.0.1/health/live")]
    [InlineData("http://[::]:8080", "http://[::1]:8080/health/live")]
    [InlineData("http://[::1]:9000", "http://[::1]:9000/health/live")]
    [InlineData("https://10.0.0.7:8443", "https://10.0.0.7:8443/health/live")]
    [InlineData("https://granary.example", "https://granary.example/health/live")]
    public void A_server_that_listens_on_all_addresses_is_called_on_loopback(string bound, string called) =>
        StartupCall.AddressOf(bound)!.AbsoluteUri.ShouldBe(called);

    [Theory]
    [InlineData("http://unix:/run/granary.sock")]
    [InlineData("http://pipe:/granary")]
    public void A_server_on_a_socket_or_pipe_does_not_call_itself(string bound) => StartupCall.AddressOf(bound).ShouldBeNull();
}
