using Granary.Data.Brokers;
using Granary.Engine;
using Granary.Exchanges.Connections;

namespace Granary.Exchanges.Tests.Connections;

public sealed class ApiCredentialsTests
{
    private static Func<string, string?> Variables(params (string Name, string Value)[] set) =>
        name => set.FirstOrDefault(v => v.Name == name).Value;

    [Fact]
    public void Each_value_comes_from_its_variable_or_from_the_file_that_it_names()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "s3cret\n");
        var read = ApiCredentials.Read("kucoin", true, Variables(("GRANARY_KUCOIN_KEY", "k"), ("GRANARY_KUCOIN_SECRET_FILE", file),
            ("GRANARY_KUCOIN_PASSPHRASE", " p ")));
        File.Delete(file);
        (read.Key, read.Passphrase).ShouldBe(("k", "p"));
        read.Secret.ToArray().ShouldBe("s3cret"u8.ToArray());
    }

    [Fact]
    public void A_missing_value_and_a_missing_file_are_sentences_that_name_the_variable()
    {
        Should.Throw<InputException>(() => ApiCredentials.Read("gateio", false, Variables(("GRANARY_GATEIO_KEY", "k"))))
            .Message.ShouldBe("broker 'gateio': the environment variable GRANARY_GATEIO_SECRET is not set; set it, or name a file "
                + "that holds it with GRANARY_GATEIO_SECRET_FILE");
        Should.Throw<InputException>(() => ApiCredentials.Read("gateio", false, Variables(("GRANARY_GATEIO_KEY_FILE", "/no/such"))))
            .Message.ShouldStartWith("broker 'gateio': the file of GRANARY_GATEIO_KEY_FILE cannot be read");
    }
}
