using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Api.Hosting;
using Granary.Engine;
using Granary.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Api.Tests;

/// <summary>Certificates of https addresses: PEM and PFX, passwords, a new file while the server runs, wrong files.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-tls-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private static X509Certificate2 Make(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private void WritePem(string name)
    {
        using var certificate = Make(name);
        File.WriteAllText(At("new.key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(At("new.crt"), certificate.ExportCertificatePem());
        File.Move(At("new.key"), At("server.key"), overwrite: true);
        File.Move(At("new.crt"), At("server.crt"), overwrite: true);
    }

    private static async Task<WebApplication> StartAsync(CertificateFiles files, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        files.Listen(builder, $"https://127.0.0.1:{port}");
        var app = builder.Build();
        app.MapGet("/", () => "here");
        await app.StartAsync();
        return app;
    }

    private static async Task<string> SubjectAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await using var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("localhost");
        return tls.RemoteCertificate!.Subject;
    }

    [Fact]
    public async Task A_certificate_that_changes_on_disk_is_used_for_the_next_connections()
    {
        WritePem("first");
        var port = FreePorts.Take();
        await using var app = await StartAsync(new CertificateFiles(At("server.crt"), At("server.key"), null), port);
        (await SubjectAsync(port)).ShouldBe("CN=first");
        WritePem("second");
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                return await SubjectAsync(port) == "CN=second";
            }
            catch (SocketException)
            {
                return false; // the address is opened again
            }
        });
    }

    [Fact]
    public async Task A_pfx_is_opened_with_the_password_of_a_file()
    {
        using (var certificate = Make("packed"))
            await File.WriteAllBytesAsync(At("server.pfx"), certificate.Export(X509ContentType.Pfx, "öffne"));
        await File.WriteAllTextAsync(At("password"), "öffne\n");
        var port = FreePorts.Take();
        await using var app = await StartAsync(new CertificateFiles(At("server.pfx"), null, At("password")), port);
        (await SubjectAsync(port)).ShouldBe("CN=packed");
    }

    [Fact]
    public void A_wrong_certificate_is_refused_with_the_option_that_names_it()
    {
        WritePem("first");
        using (var other = Make("other")) File.WriteAllText(At("other.key"), other.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Refused(new CertificateFiles(At("none.crt"), null, null), "--certificate ", "there is no such file");
        Refused(new CertificateFiles(At("server.crt"), At("none.key"), null), "--certificate-key ", "there is no such file");
        Refused(new CertificateFiles(At("server.crt"), At("other.key"), null), "--certificate ", "give a PFX");
        Refused(new CertificateFiles(At("server.crt"), null, At("none")), "--certificate-password-file ", "there is no such file");
        Refused(new CertificateFiles(null, null, null), "--urls", "https needs a certificate");

        static void Refused(CertificateFiles files, string option, string sentence)
        {
            var builder = WebApplication.CreateSlimBuilder();
            var message = Should.Throw<InputException>(() => files.Listen(builder, "https://127.0.0.1:1")).Message;
            message.ShouldContain(option);
            message.ShouldContain(sentence);
        }
    }
}
