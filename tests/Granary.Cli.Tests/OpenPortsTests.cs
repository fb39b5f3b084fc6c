using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Testing;

namespace Granary.Cli.Tests;

public sealed class OpenPortsTests
{
    public enum Speech
    {
        Plain,
        Mute,
        Tls,
        TlsWithClientCertificate,
    }

    [Theory]
    [InlineData("0.0.0.0", Speech.Plain, "warning")]
    [InlineData("0.0.0.0", Speech.Mute, "warning")]
    [InlineData("0.0.0.0", Speech.Tls, "ok")]
    [InlineData("0.0.0.0", Speech.TlsWithClientCertificate, "ok")]
    [InlineData("127.0.0.1", Speech.Plain, "ok")]
    public async Task A_port_that_other_machines_reach_without_tls_is_a_warning(string address, Speech speech, string result)
    {
        using var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = ServeAsync(listener, speech);
        var timeout = speech == Speech.Mute ? TimeSpan.FromMilliseconds(200) : Eventually.Longest;
        var check = await OpenPorts.CheckAsync([port], timeout, TestContext.Current.CancellationToken);
        check.Result.ShouldBe(result, check.Found);
        check.Found.ShouldContain($"{port}");
        check.IsFault.ShouldBeFalse();
        listener.Stop();
        await serving;
    }

    [Fact]
    public void The_ports_are_those_of_the_environment_or_the_defaults_of_a_silo()
    {
        OpenPorts.Expected(_ => null).ShouldBe([8080, 11111, 30000]);
        OpenPorts.Expected(name => name switch
        {
            "GRANARY_URLS" => "https://*:8443;http://127.0.0.1:8081",
            "GRANARY_SILO_PORT" => "12000",
            _ => null,
        }).ShouldBe([8443, 8081, 12000, 30000]);
    }

    private static async Task ServeAsync(TcpListener listener, Speech speech)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var made = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                if (speech == Speech.Plain) await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
                else if (speech == Speech.Mute) await stream.CopyToAsync(Stream.Null);
                else
                {
                    await using var tls = new SslStream(stream, false, (_, certificate, _, _) => certificate is not null);
                    await tls.AuthenticateAsServerAsync(made, clientCertificateRequired: speech == Speech.TlsWithClientCertificate, false);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException
            or System.Security.Authentication.AuthenticationException)
        {
            // The check ended the connection, or the test the listener.
        }
    }
}
