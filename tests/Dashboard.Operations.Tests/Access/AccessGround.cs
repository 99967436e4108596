using Dashboard.Operations.Access;
using Dashboard.Operations.Audit;
using Dashboard.Operations.Configuration;
using Dashboard.Operations.Environments;
using Dashboard.Operations.Running;
using Dashboard.Operations.Storage;
using Dashboard.Testing.Mongo;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Dashboard.Operations.Tests.Access;

/// <summary>Accounts and tokens in a database of their own, with a clock that a test moves and few rounds of hashing, so that a hundred guesses are quick.</summary>
internal sealed class AccessGround
{
    public const string Password = "heavy rain over the old mill";
    public const string Home = "192.0.2.1";

    private AccessGround(DashboardDatabase database)
    {
        Database = database;
        Trail = new AuditTrail(database, new AuditHeads(database, Time, NullLogger<AuditHeads>.Instance), Time);
        Tallies = new AuditTallies(database, Trail, Time, NullLogger<AuditTallies>.Instance);
        Tries = new Tries(database, Time);
        Accounts = new AccountBook(database, Trail, Hashing, Tries, Time);
        Factors = NewFactors(new EphemeralDataProtectionProvider());
        SignIn = NewSignIn(Hashing);
        Setup = new FirstSetup(database, Accounts, Trail, Time);
        Proofs = new ActionProofs(database, Accounts, SignIn, Time);
        Tokens = new ApiTokens(database, new EnvironmentRegistry([Environment("staging"), Environment("production")]), Trail, Tallies, Time);
    }

    public static Asker Asker { get; } = new("Vic", "administrator", Door.CommandLine, "host");

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 27, 12, 0, 0, TimeSpan.Zero));

    public PasswordHashing Hashing { get; } = new(rounds: 1_000);

    public DashboardDatabase Database { get; }

    public AuditTrail Trail { get; }

    public AuditTallies Tallies { get; }

    public Tries Tries { get; }

    public AccountBook Accounts { get; }

    public SecondFactors Factors { get; }

    public SignIn SignIn { get; }

    public FirstSetup Setup { get; }

    public ActionProofs Proofs { get; }

    public ApiTokens Tokens { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<AccessGround> MakeAsync(MongoFixture mongo)
    {
        var database = new DashboardDatabase(mongo.Client, mongo.NewDatabase("access").Name);
        await AccessIndexes.PrepareAsync(database, Token);
        return new AccessGround(database);
    }

    public SecondFactors NewFactors(IDataProtectionProvider protection) => new(Database, protection, Trail, Time, NullLogger<SecondFactors>.Instance);

    public SignIn NewSignIn(PasswordHashing hashing, SecondFactors? factors = null) => new(Database, Accounts, hashing, factors ?? Factors, Tries, Trail, Tallies, Time);

    public async Task<Account> AddAsync(string name = "Tess", Role role = Role.Operator)
    {
        var answer = await Accounts.CreateAsync(name, Password, role, Asker, Token);
        return answer.Account ?? throw new InvalidOperationException(answer.Problem);
    }

    public Task<SignInAnswer> TryAsync(string password = Password, string name = "Tess", string? code = null, string from = Home) =>
        SignIn.TryAsync(new SignInTry(name, password, code, new Asker("unknown", "none", Door.Button, from)), Token);

    public async Task<Account> FindAsync(string name = "Tess") => await Accounts.FindAsync(name, Token) ?? throw new InvalidOperationException($"There is no {name}.");

    public async Task<IReadOnlyList<AuditFact>> FactsAsync(string action) =>
        [.. (await new AuditHistory(Database).ListAsync(new AuditQuery(Action: action, Limit: 10_000), Token)).Select(entry => entry.Fact).Reverse()];

    private TargetEnvironment Environment(string name) => new(name, name, new Uri("http://127.0.0.1:9/"), Database.Database, new MigrationSettings());
}
