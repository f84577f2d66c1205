CREATE TRIGGER close_account
  BEFORE DELETE ON auth.users
  FOR EACH ROW
  EXECUTE FUNCTION private.close_account();

CREATE TRIGGER open_wallet
  AFTER INSERT ON auth.users
  FOR EACH ROW
  EXECUTE FUNCTION private.open_wallet_of_new_user();
