using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Api.Hosting;
using Granary.Cluster.Client;
using Granary.Cluster.Tests.Fixtures;
using Granary.Cluster.Wire;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Postgres.Migrations;
using Granary.Silo.Clustering;
using Granary.Testing;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Granary.Cluster.Tests.Silos;

/// <summary>Two silos, processes of their own, that talk TLS: only a certificate of the cluster's authority opens a connection.</summary>
public sealed class ClusterTlsTests(ClusterTlsTests.Secured made) : IClassFixture<ClusterTlsTests.Secured>
{
    private const string Cluster = "secured";

    /// <summary>The silos, and files with certificates of the cluster's authority and of another one.</summary>
    [NeedsPostgres]
    public sealed class Secured : IAsyncLifetime
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("granary-tls-");

        internal string Connection { get; private set; } = "";

        internal List<SiloProcess> Silos { get; } = [];

        internal string At(string name) => Path.Combine(_folder.FullName, name);

        internal SiloProcess Launch(string authority, params string[] more) => SiloProcess.Launch(Connection, Cluster,
            (string[])["--cluster-certificate", At($"{authority}-silo.crt"), "--cluster-certificate-key", At($"{authority}-silo.key"),
                "--cluster-authority", At($"{authority}.crt"), "--runs", At("runs"), "--threads", "1", .. more]);

        public async ValueTask InitializeAsync()
        {
            var server = await PostgresServer.ShareAsync();
            Connection = await server.CreateDatabaseAsync();
            foreach (var authority in (string[])["ours", "theirs"]) WriteCertificates(authority);
            Silos.Add(Launch("ours"));
            Silos.Add(Launch("ours"));
            await Task.WhenAll(Silos.Select(s => s.ReadyAsync()));
        }

        private void WriteCertificates(string authority)
        {
            using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var rootRequest = new CertificateRequest($"CN={authority}", rootKey, HashAlgorithmName.SHA256);
            rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            var (from, to) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
            using var root = rootRequest.CreateSelfSigned(from, to);
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN=a silo of {authority}", key, HashAlgorithmName.SHA256);
            using var silo = request.Create(root, from, to, [1, 2, 3]);
            File.WriteAllText(At($"{authority}.crt"), root.ExportCertificatePem());
            File.WriteAllText(At($"{authority}-silo.crt"), silo.ExportCertificatePem());
            File.WriteAllText(At($"{authority}-silo.key"), key.ExportPkcs8PrivateKeyPem());
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var silo in Silos) await silo.DisposeAsync();
            _folder.Delete(recursive: true);
        }
    }

    private IHost Client(Action<IClientBuilder> more) => new HostBuilder().UseOrleansClient(orleans =>
    {
        orleans.Services.AddWireFormat();
        orleans.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (Cluster, Cluster));
        orleans.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = ("Npgsql", DatabaseSchema.Cluster.Connect(made.Connection)));
        more(orleans);
    }).Build();

    private ClusterTls Tls(string authority, string trusted) => new(new CertificateFiles(made.At($"{authority}-silo.crt"),
        made.At($"{authority}-silo.key"), null)
    { Option = "cluster-certificate" }, made.At($"{trusted}.crt"));

    [Fact]
    public async Task Two_silos_and_a_client_with_certificates_of_one_authority_work_together()
    {
        using var batches = new TestBatches();
        using var granary = new GranaryClient(made.Silos[0].Client.BaseAddress!.ToString(), key: null);
        var batch = await granary.SubmitAsync(batches.Mixed);
        JobStatus? last = null;
        await foreach (var status in granary.WatchAsync(batch.Id)) last = status;
        last!.State.ShouldBe(JobState.Done, last.Fault);
        last.Digest.ShouldBe((await batches.EmbeddedAsync(batches.Mixed)).Model.Digest);

        using var client = Client(orleans => orleans.UseTls(Tls("ours", "ours").Configure));
        await client.StartAsync();
        var grains = (IGrainFactory)client.Services.GetService(typeof(IGrainFactory))!;
        var hosts = await grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        hosts.Count.ShouldBe(2);
        await client.StopAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("theirs")]
    public async Task The_port_of_a_silo_shows_its_certificate_and_closes_a_connection_without_one_of_the_authority(string? authority)
    {
        using var certificate = authority is null ? null
            : X509Certificate2.CreateFromPemFile(made.At($"{authority}-silo.crt"), made.At($"{authority}-silo.key"));
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", made.Silos[0].SiloPort);
        var shown = "";
        await using var tls = new SslStream(socket.GetStream(), false, (_, theirs, _, _) => (shown = theirs!.Subject) is not null);
        var read = 0;
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "granary",
                ClientCertificates = certificate is null ? null : [certificate],
            });
            read = await tls.ReadAsync(new byte[1]);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // Closed during the handshake, or right after it.
        }
        (shown, read).ShouldBe(("CN=a silo of ours", 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_orleans_client_without_a_certificate_of_the_authority_is_refused(bool speaksTls)
    {
        using var client = Client(orleans =>
        {
            if (speaksTls) orleans.UseTls(Tls("theirs", "theirs").Configure);
            orleans.UseConnectionRetryFilter((_, _) => Task.FromResult(false));
        });
        await Should.ThrowAsync<OrleansException>(() => client.StartAsync());
        foreach (var silo in made.Silos) await silo.ReadyAsync();
    }

    [Fact]
    public async Task A_silo_with_a_certificate_of_another_authority_cannot_join()
    {
        await using var stranger = made.Launch("theirs", "--start-timeout", "10");
        // 1: it could not connect in time; 134: the others had declared it dead by then.
        (await stranger.ExitCodeAsync()).ShouldBeOneOf(1, 134);
        foreach (var silo in made.Silos) await silo.ReadyAsync();
    }

    [Fact]
    public void Files_of_certificates_that_are_wrong_are_named_with_their_option()
    {
        Should.Throw<InputException>(() => Tls("none", "ours")).Message.ShouldContain("--cluster-certificate ");
        Should.Throw<InputException>(() => Tls("ours", "none")).Message.ShouldContain("--cluster-authority ");
        File.WriteAllText(made.At("empty.crt"), "");
        Should.Throw<InputException>(() => Tls("ours", "empty")).Message.ShouldContain("has no certificate");
        Should.Throw<InputException>(() => Tls("theirs", "ours")).Message.ShouldContain("no authority of --cluster-authority ");
    }
}
